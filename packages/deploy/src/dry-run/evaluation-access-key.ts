/** No account has this key; a config is evaluated with it. */
export const evaluationAccessKeyId = "evaluation";
