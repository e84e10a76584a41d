export {
  type Caller,
  type ExistingHandlerEvent,
  protectHandler as protect,
} from "@sst-gatehouse/backend";
