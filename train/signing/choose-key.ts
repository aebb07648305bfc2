import { existsSync } from 'node:fs'
import { fingerprintOf } from '../../core/trust/fingerprint.ts'
import type { SigningKey } from '../../core/trust/sign-manifest.ts'
import { defaultKeyPath, readKeyFile } from './key-file.ts'

/** What `--key` says to leave a bundle unsigned. */
const none = 'none'

export const keyFlag = {
  type: 'string',
  description: `Key to sign the bundle with, as npm run keys makes it; ${none}: do not sign. Default: the key of npm run keys, where there is one`,
  valueHint: 'FILE',
} as const

export interface ChosenKey {
  readonly key: SigningKey | undefined
  /** One line for a person. */
  readonly says: string
}

/**
 * The key to sign with: the one that was named, or else the one in the usual place. Rejects with
 * `config-invalid`.
 */
export async function chooseKey(
  flag: string | undefined,
  usual: string = defaultKeyPath(),
): Promise<ChosenKey> {
  if (flag === none) return { key: undefined, says: 'The bundle is unsigned, as --key none says.' }
  if (flag === undefined && !existsSync(usual)) {
    return {
      key: undefined,
      says: 'The bundle is unsigned: there is no key. npm run keys makes one, and npm run keys -- sign BUNDLE signs with it.',
    }
  }
  const key = await readKeyFile(flag ?? usual)
  return { key, says: `The bundle is signed with the key ${fingerprintOf(key.publicKey)}.` }
}
