// @ts-check
/**
 * Makes `Date` tell the stack's time. Everything else about it stays: `instanceof`, `parse`, `UTC`, subclasses.
 *
 * Timers and `performance` keep the machine's pace, and certificates are judged by the machine's time.
 *
 * @param {number} initialOffsetMs
 * @returns {(offsetMs: number) => void} moves the clock
 */
export function installClock(initialOffsetMs) {
  let offsetMs = initialOffsetMs;
  const MachineDate = Date;
  const machineNow = Date.now;
  const now = () => machineNow() + offsetMs;

  const StackDate = new Proxy(MachineDate, {
    apply: () => new MachineDate(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  });
  MachineDate.now = now;
  MachineDate.prototype.constructor = StackDate;
  globalThis.Date = StackDate;

  return (newOffsetMs) => {
    offsetMs = newOffsetMs;
  };
}
