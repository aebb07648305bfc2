import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/bundle-folder.ts'

const loader = fileURLToPath(new URL('./start-trainer.js', import.meta.url))

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('ends where the edge that started it was killed', async () => {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  const [program, pidFile] = [join(folder, 'for-ever.mjs'), join(folder, 'pid')]
  await writeFile(
    program,
    `import { writeFileSync } from 'node:fs'
writeFileSync(process.argv[2], String(process.pid))
setInterval(() => undefined, 1000)`,
  )
  const start = `require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'ignore' })`
  const edge = spawn(process.execPath, ['-e', start, loader, program, pidFile], { stdio: 'ignore' })
  const pidOf = async (): Promise<number> => Number(await readFile(pidFile, 'utf8').catch(() => '0'))
  await expect.poll(pidOf).toBeGreaterThan(0)
  const pid = await pidOf()
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL')
  })
  expect(isRunning(pid)).toBe(true)
  const exited = once(edge, 'exit')
  edge.kill('SIGKILL')
  await exited
  await expect.poll(() => isRunning(pid)).toBe(false)
})
