import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { CacheNetError } from '../../core/wire/errors.ts'
import { bareRefusal, refusalText, type BareRefusal } from './bare-refusal.ts'

const invalid = (message: string): CacheNetError => new CacheNetError('request-invalid', message)

function refusalOf(code: string | undefined): BareRefusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return bareRefusal(
      new CacheNetError(
        'request-timeout',
        'The request did not arrive in time. Send it again when the network is better.',
      ),
    )
  }
  if (code === 'HPE_HEADER_OVERFLOW')
    return bareRefusal(invalid('The headers of the request are too long.'), 431)
  return bareRefusal(invalid('That is no HTTP request.'))
}

function send(response: ServerResponse, { status, headers, body }: BareRefusal): void {
  response.writeHead(status, headers).end(body)
}

/**
 * What is no HTTP, or comes too slowly, or asks for what HTTP servers need not do, never reaches the app; it
 * is refused as the app refuses.
 */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (thrown: NodeJS.ErrnoException, socket: Duplex) => {
    if (thrown.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else socket.end(refusalText(refusalOf(thrown.code)))
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    send(response, bareRefusal(invalid('The edge knows no expectation but 100-continue.'), 417))
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined)
    socket.end(refusalText(bareRefusal(invalid('The edge is no proxy.'), 405)))
  })
}

/**
 * A request without a Host, which HTTP/1.1 asks for (RFC 9112, 3.2), or with one that makes no URL with its
 * path, such as `a.1`, which would be an address. Refuses it and returns true.
 */
export function refuseWithoutUrl(
  { httpVersion, headers: { host }, url = '/' }: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (httpVersion === '1.1' && host === undefined)
    send(response, bareRefusal(invalid('The request has no Host.')))
  else if (
    !URL.canParse(
      `http://${host === undefined || host === '' ? 'localhost' : host}${url.startsWith('/') ? url : ''}`,
    )
  )
    send(response, noUrl())
  else return false
  return true
}

const noUrl = (): BareRefusal => bareRefusal(invalid('The path or the Host of the request is none.'))

/** The answer to a request whose path or Host make no URL. */
export function refuseUrl(): Response {
  const { status, headers, body } = noUrl()
  return new Response(body, { status, headers })
}
