export const settingsVariable: "GATEHOUSE_LAMBDA_SETTINGS";
export const clockOffsetHeader: "gatehouse-clock-offset-ms";
export const lifelineDescriptor: 3;

/** What the stack tells an execution environment, as JSON. */
export interface Settings {
  readonly runtimeApi: { readonly host: string; readonly port: number };
  /** Loopback TLS port by exact host name or `*.suffix`. */
  readonly hosts: Readonly<Record<string, number>>;
  /** The only one to trust; empty for none. */
  readonly caPem: string;
  readonly clockOffsetMs: number;
  /** Stands for Lambda's `/tmp`; the only place where the function may write. */
  readonly temporaryDirectory: string;
}
