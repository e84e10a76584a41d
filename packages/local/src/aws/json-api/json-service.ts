import type { Identity } from "../iam/identities.ts";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
/** A member that is `undefined` is left out when written. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** One AWS service that speaks JSON 1.1. */
export interface JsonService {
  /** The part before the dot in `X-Amz-Target`, such as `AmazonSSM`. */
  readonly targetPrefix: string;
  /** The name in the credential scope, and before the colon of its IAM actions. */
  readonly service: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

export interface Operation {
  /** AWS takes this one without a signature: what the request itself carries is the credential. */
  readonly unsigned?: true;
  /** ARNs that the caller must be allowed to act on; read from the request before anything is done. */
  readonly resources: (input: JsonObject) => readonly string[];
  readonly run: (
    input: JsonObject,
    caller: Identity | undefined,
  ) => JsonObject | Promise<JsonObject>;
}

/** A refusal that the caller sees, as AWS words it. */
export class AwsError extends Error {
  readonly type: string;
  /** Some errors go out without a message, `ParameterNotFound` for one. */
  readonly wireMessage: string | undefined;
  readonly status: number;

  constructor(type: string, message?: string, status = 400) {
    super(message ?? type);
    this.name = type;
    this.type = type;
    this.wireMessage = message;
    this.status = status;
  }
}
