/** Whether a process exists, no matter whose it is. A zombie does. */
export function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is somebody else's.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
