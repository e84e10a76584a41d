import type { Project } from "@sst-gatehouse/blueprint/project";

import { gate } from "./gate.ts";

export const sample: Project = { root: import.meta.dirname, gate };
