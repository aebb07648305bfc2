import type { CacheNetError } from '../../../core/wire/errors.ts'

/** Whether the edge did not answer at all. */
export const isAway = ({ code }: Pick<CacheNetError, 'code'>): boolean =>
  code === 'edge-unreachable' || code === 'edge-timeout'
