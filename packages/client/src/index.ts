export { createFetch, type CreateFetchOptions } from "./create-fetch.ts";
export { keepSession, type KeepSessionOptions } from "./keep-session.ts";
export { ProblemError } from "./problem.ts";
export { sha256Hex } from "./sha256-hex.ts";
export { uploadForms, type UploadFormsOptions } from "./upload-forms.ts";
