/** Renews what several calls share, once for all that need it. */
export interface SingleRenewal {
  /** How often it was renewed. A call notes this when it begins. */
  readonly count: () => number;
  /**
   * @param since the count when the call began. Has it been renewed since, nothing is done.
   * @returns whether the call is worth repeating. Rejects as `renew` does.
   */
  readonly after: (since: number) => Promise<boolean>;
}

/** @param renew whether it worked. */
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
