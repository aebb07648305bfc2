/**
 * Whether a setting that an earlier program stored with a run decides over nothing: it is gone, and had the
 * value that is built in now. Such a run can go on.
 *
 * @param path keys with points between them
 */
export const isRetired = (path: string, value: unknown): boolean =>
  (path === 'encoder.alpha' && value === 1) ||
  (path === 'delta.rank' && value === 0) ||
  // Without a rank there was nothing that it could have moved.
  /^(full|generalist|partition|delta)\.optimizer\.lowRankRate$/.test(path)
