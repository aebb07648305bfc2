import { describe, expect, it } from 'vitest'
import { CacheNetError, type ErrorCode } from '../../../core/wire/errors.ts'
import type { EdgeState } from '../edge/edge-client.ts'
import { createNotices } from '../state/notices.ts'
import { tellPartitionFailure } from './tell-partition-failure.ts'

function tell(code: ErrorCode, edge: EdgeState) {
  const notices = createNotices()
  let doubts = 0
  tellPartitionFailure(new CacheNetError(code, 'No.'), {
    edgeState: () => edge,
    notices,
    onDoubt: () => doubts++,
  })
  return { codes: notices.list.value.map((notice) => notice.code), doubts }
}

describe('tellPartitionFailure', () => {
  it('tells of a download that failed', () => {
    expect(tell('blob-altered', 'offline')).toEqual({ codes: ['blob-altered'], doubts: 0 })
    expect(tell('edge-timeout', 'online')).toEqual({ codes: ['edge-timeout'], doubts: 0 })
  })

  it('does not tell again that the edge is away', () => {
    for (const code of ['edge-unreachable', 'edge-timeout'] as const)
      expect(tell(code, 'offline')).toEqual({ codes: [], doubts: 0 })
  })

  it('doubts the bundle where the edge does not know its weights', () => {
    expect(tell('blob-unknown', 'online')).toEqual({ codes: ['blob-unknown'], doubts: 1 })
  })
})
