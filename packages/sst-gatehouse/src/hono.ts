export {
  type AppEnv,
  type Caller,
  existingHandler,
  type ExistingHandlerEvent,
  protect,
  protectBuffered,
  receivedBytes,
} from "@sst-gatehouse/backend";
