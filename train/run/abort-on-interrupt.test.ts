import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

const program = `
  import { abortOnInterrupt, endingAtOnce } from ${JSON.stringify(new URL('./abort-on-interrupt.ts', import.meta.url).href)}
  const signal = abortOnInterrupt({ say: (line) => console.log(line) })
  const compute = () => {
    console.log('computing')
    for (const until = Date.now() + 50_000; Date.now() < until; );
  }
  if (process.argv[1] === 'compute') endingAtOnce(compute)
  else {
    endingAtOnce(() => undefined)
    console.log('waiting')
    setInterval(() => signal.aborted && process.exit(7), 10)
  }
`

/** Runs the program, sends it SIGTERM once it has begun, and says how it ended. */
async function interrupted(how: 'compute' | 'wait'): Promise<[code: number | null, signal: string | null]> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, how])
  child.stdout.once('data', () => child.kill('SIGTERM'))
  return (await once(child, 'exit')) as [number | null, string | null]
}

it('ends what computes for minutes at once, though nobody hears a signal meanwhile', async () => {
  expect(await interrupted('compute')).toEqual([null, 'SIGTERM'])
}, 30_000)

it('goes on with asking for a checkpoint when that is over', async () => {
  expect(await interrupted('wait')).toEqual([7, null])
}, 30_000)
