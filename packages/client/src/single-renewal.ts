/** Renews what several calls share: once for all the calls that need it. */
export interface SingleRenewal {
  /** The number of renewals so far. A call notes it when it begins. */
  readonly count: () => number;
  /**
   * @param since the count when the call began. If there was a renewal since then, nothing is done.
   * @returns whether to repeat the call. Rejects as `renew` does.
   */
  readonly after: (since: number) => Promise<boolean>;
}

/** @param renew returns whether it worked. */
export function createSingleRenewal(renew: () => boolean | Promise<boolean>): SingleRenewal {
  let count = 0;
  let underway: Promise<boolean> | undefined;

  const renewOnce = async (): Promise<boolean> => {
    try {
      const renewed = await renew();
      if (renewed) count += 1;
      return renewed;
    } finally {
      underway = undefined;
    }
  };

  return {
    count: () => count,
    after(since) {
      if (count > since) return Promise.resolve(true);
      underway ??= renewOnce();
      return underway;
    },
  };
}
