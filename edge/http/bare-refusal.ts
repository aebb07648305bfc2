import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { CacheNetError } from '../../core/wire/errors.ts'
import { idHeader } from '../access/request-id.ts'
import { securityHeaders } from './security-headers.ts'

/** A refusal of what never reaches the app: with the body and the headers that the app's refusals have. */
export interface BareRefusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** @param status where it is not the one of the code */
export function bareRefusal(error: CacheNetError, status: number = error.status): BareRefusal {
  const body = JSON.stringify(error.toBody())
  const headers = {
    ...securityHeaders,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    [idHeader]: randomUUID(),
    // Where the next request begins is not known.
    Connection: 'close',
  }
  return { status, headers, body }
}

/** As it goes over a connection of which nothing but bytes is left. */
export function refusalText({ status, headers, body }: BareRefusal): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n')
}
