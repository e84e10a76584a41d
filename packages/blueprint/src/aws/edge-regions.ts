/**
 * Where Lambda@Edge runs: the regions of CloudFront's regional edge caches. A guard logs in the one that is nearest to
 * the viewer.
 *
 * @see https://aws.amazon.com/cloudfront/features/
 */
export const edgeRegions = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "eu-central-1",
  "eu-west-1",
  "eu-west-2",
  "sa-east-1",
];
