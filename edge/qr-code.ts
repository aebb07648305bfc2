import { toString } from 'qrcode'
import { fragmentOfToken } from '../core/client/token-in-fragment.ts'

/** What the code says: the address, and the token behind `#`, where no server and no log gets to see it. */
export const qrContent = (address: string, token: string | undefined): string =>
  token === undefined ? address : `${address}${fragmentOfToken(token)}`

/** A QR code for a terminal, two modules a line of text. */
export const qrCode = (content: string): Promise<string> =>
  toString(content, { type: 'utf8', errorCorrectionLevel: 'L' })
