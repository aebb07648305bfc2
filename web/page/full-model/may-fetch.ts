import { isMetered } from '../platform/network-conditions.ts'
import type { Settings } from '../state/settings-schema.ts'

/** As much as two photographs; what is larger comes where somebody says so. */
const mostBytes = 8_000_000

/** Whether the full model may be fetched without anybody asking for it. */
export const mayFetchFullModel = (
  { fullModel: wanted }: Pick<Settings, 'fullModel'>,
  bytes: number,
): boolean => wanted === 'auto' && bytes <= mostBytes && !isMetered(navigator)
