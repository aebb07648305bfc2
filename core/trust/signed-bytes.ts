import canonicalize from 'canonicalize'
import { isJsonObject, type JsonObject } from './signature.ts'

/** So that a signature of a manifest is one of nothing else. */
const purpose = 'cachenet-manifest-v1\n'

/**
 * What a signature is over: all that the manifest says but the signature's own value, as canonical JSON (RFC
 * 8785). What was parsed is what was signed, whatever a proxy, an editor or a shell did to spaces and line
 * ends. Throws where it is no such JSON.
 */
export function signedBytes(manifest: JsonObject): Uint8Array<ArrayBuffer> {
  const { signature } = manifest
  const { value: _, ...said } = isJsonObject(signature) ? signature : {}
  return new TextEncoder().encode(`${purpose}${canonicalize({ ...manifest, signature: said }) ?? ''}`)
}
