import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const module = fileURLToPath(new URL('survive-rejections.ts', import.meta.url))
const pino = fileURLToPath(import.meta.resolve('pino'))

/** Runs code in a process of its own, with the handlers set. */
async function survivorSays(code: string): Promise<{ stdout: string; code: number }> {
  const script = `
    const { surviveRejections } = await import(${JSON.stringify(module)})
    const { default: pino } = await import(${JSON.stringify(pino)})
    surviveRejections(pino(pino.destination({ fd: 1, sync: true })), () => { console.log('stopped in order'); process.exit(1) })
    ${code}
    setTimeout(() => { console.log('still here'); process.exit(0) }, 50)`
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
  return run.then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (thrown: unknown) => thrown as { stdout: string; code: number },
  )
}

it('goes on after a rejection that nobody handled, and logs it', async () => {
  const { stdout, code } = await survivorSays(`void Promise.reject(new Error('nobody waited'))`)
  expect([code, stdout]).toEqual([0, expect.stringContaining('nobody waited')])
  expect(stdout).toContain('still here')
})

it('stops in order after an exception that nobody caught', async () => {
  const { stdout, code } = await survivorSays(`setTimeout(() => { throw new Error('nobody caught') }, 1)`)
  expect([code, stdout]).toEqual([1, expect.stringContaining('stopped in order')])
  expect(stdout).toContain('nobody caught')
})
