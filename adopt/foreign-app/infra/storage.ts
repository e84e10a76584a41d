export const covers = new sst.aws.Bucket("Covers");
