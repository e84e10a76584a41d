export * from "@sst-gatehouse/client";
