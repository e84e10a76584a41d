/**
 * Where Lambda has Function URLs, in AWS's commercial partition. The hosted sign-in is on another host elsewhere.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-urls.html
 */
const regions = [
  "af-south-1",
  "ap-east-1",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-south-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "me-south-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

/** Of the regions above, in characters. */
export const longestRegion = Math.max(...regions.map(({ length }) => length));

/**
 * Refuses a home region in which the chain cannot run.
 *
 * @throws {TypeError} that lists the possible ones.
 */
export function checkRegion(region: string): void {
  if (regions.includes(region)) return;
  throw new TypeError(
    `stages.ts: app.region ${JSON.stringify(region)} is not known to have Lambda Function URLs; choose one of ${regions.join(", ")}`,
  );
}
