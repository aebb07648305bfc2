import { defineCommand, renderUsage, runMain } from 'citty'
import { fingerprintOf } from '../core/trust/fingerprint.ts'
import { revisionText } from '../core/trust/refusal.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { createKeyFile, defaultKeyPath, readKeyFile } from './signing/key-file.ts'
import { signBundle } from './signing/sign-bundle.ts'

const examples = `EXAMPLES

  npm run keys                                    a key pair in ${defaultKeyPath()}
  npm run keys -- show                            its public half and its fingerprint, for --keys of the edge and for people
  npm run keys -- sign public/bundles/people      signs a bundle that is there; trained and calibrated ones are signed by themselves
  npm run edge -- --keys PUBLIC_KEY               serves what that key signed, and nothing else

A phone takes the first key that it sees for a bundle, and no other until a person says so; nor an older version, or one without a
signature. Sign a bundle again to bring an older one back. Keep a copy of the key where nobody else gets at it: who loses it has to ask
every phone to take a new one. docs/security.md says what this is good for, and against what.`

const say = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`)

const makeArgs = {
  out: { type: 'string', description: 'File of the key pair', valueHint: 'FILE', default: defaultKeyPath() },
} as const
const keyArgs = {
  key: { type: 'string', description: 'File of the key pair', valueHint: 'FILE', default: defaultKeyPath() },
} as const
const signArgs = {
  bundle: { type: 'positional', description: 'Folder of the bundle', valueHint: 'BUNDLE', required: true },
  ...keyArgs,
} as const

const describeKey = (publicKey: string): string[] => [
  `Public key:   ${publicKey}`,
  `Fingerprint:  ${fingerprintOf(publicKey)}`,
]

const make = defineCommand({
  meta: { name: 'make', description: 'Makes a key pair; overwrites nothing' },
  args: makeArgs,
  run: ({ rawArgs, args: { out } }) =>
    runAsCommand({ rawArgs, known: makeArgs }, async () => {
      const { publicKey } = await createKeyFile(out)
      say([
        `The key pair is in ${out}, and nobody but you can read it. It signs; keep it out of bundles and repositories.`,
        ...describeKey(publicKey),
      ])
    }),
})

const show = defineCommand({
  meta: { name: 'show', description: 'Prints the public half of the key and its fingerprint' },
  args: keyArgs,
  run: ({ rawArgs, args: { key } }) =>
    runAsCommand({ rawArgs, known: keyArgs }, async () =>
      say(describeKey((await readKeyFile(key)).publicKey)),
    ),
})

const sign = defineCommand({
  meta: { name: 'sign', description: 'Signs a bundle that is there: npm run keys -- sign public/bundles/ID' },
  args: signArgs,
  run: ({ rawArgs, args: { bundle, key } }) =>
    runAsCommand({ rawArgs, known: signArgs }, async () => {
      const { publicKey, revision } = await signBundle(bundle, await readKeyFile(key), Date.now())
      say([`${bundle} is signed, ${revisionText(revision)}, with the key ${fingerprintOf(publicKey)}.`])
    }),
})

const main = defineCommand({
  meta: {
    name: 'npm run keys --',
    description: 'Makes the key that signs bundles, and signs with it. Without a word it makes one.',
  },
  args: makeArgs,
  subCommands: { make, show, sign },
  default: 'make',
})

await runMain(main, {
  showUsage: async (shown, parent) =>
    void process.stdout.write(`${await renderUsage(shown, parent)}\n${examples}\n`),
})
