/** Type and logical name; without a name it is the only one of its type. */
export interface PartKey {
  readonly type: string;
  readonly name?: string;
}
