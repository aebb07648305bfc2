import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { availableParallelism, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CacheNetError } from '../../core/wire/errors.ts'
import { ratios, spreadOf, type Spread } from './spread.ts'

const run = promisify(execFile)
const dutyCycle = fileURLToPath(new URL('duty-cycle.js', import.meta.url))
const knownKernel = fileURLToPath(new URL('known-kernel.js', import.meta.url))
/** Above everything that the browser runs, and below what the kernel itself needs. */
const priority = '10'

/**
 * Niceness of what is measured: whatever else the machine does waits, as it would not be there on a phone.
 */
export const aheadOfOthers = -15

export interface SlowDevice {
  /** Gives the CPU its full speed back. */
  stop(): Promise<void>
}

/**
 * A slow-down that was measured: time of a known kernel on the slowed-down CPU over its time on the same CPU
 * at full speed.
 */
export interface MeasuredSlowDown {
  readonly wantedFactor: number
  /**
   * Share of the CPU that is left to the device: a little more than 1/factor, since taking turns costs
   * something by itself.
   */
  readonly share: number
  readonly factor: Spread
}

/** The CPU that stands for the device, and those that are left to the edge. */
export const deviceCpu = (): number => availableCpus() - 1
let cpus: number | undefined
// Asked before this process is bound to some of them.
const availableCpus = (): number => (cpus ??= availableParallelism())

async function requireTools(): Promise<void> {
  const missing = (what: string, cause?: unknown): CacheNetError =>
    new CacheNetError(
      'config-invalid',
      `A slower device cannot be emulated here: ${what}. Measure at full speed only: --devices 1.`,
      {},
      { cause },
    )
  if (availableCpus() < 2) throw missing('the device needs a CPU of its own, and there is but one')
  await run('taskset', ['-c', String(deviceCpu()), 'chrt', '-f', priority, 'true']).catch(
    (cause: unknown) => {
      throw missing(
        'it needs taskset and chrt (util-linux), and the right to set real-time priorities (root)',
        cause,
      )
    },
  )
}

/** Binds this process and its threads, also those to come, to the CPUs that are not the device's. */
export async function leaveDeviceCpu(): Promise<void> {
  await requireTools()
  const others = deviceCpu() === 1 ? '0' : `0-${deviceCpu() - 1}`
  await run('taskset', ['-acp', others, String(process.pid)])
  setPriority(aheadOfOthers)
}

/**
 * Makes the device's CPU slower until it is stopped. Throws `config-invalid` where this machine does not
 * allow it.
 */
export async function slowDown(share: number): Promise<SlowDevice> {
  await requireTools()
  const child: ChildProcess = spawn(
    'taskset',
    ['-c', String(deviceCpu()), 'chrt', '-f', priority, process.execPath, dutyCycle, String(share)],
    { stdio: 'ignore' },
  )
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function kernelMs(runs: number): Promise<number> {
  const { stdout } = await run('nice', [
    '-n',
    String(aheadOfOthers),
    'taskset',
    '-c',
    String(deviceCpu()),
    process.execPath,
    knownKernel,
    String(runs),
  ])
  const times = stdout.trim().split('\n').map(Number)
  return times.reduce((sum, ms) => sum + ms, 0) / times.length
}

/** Alternates the known kernel at full and at reduced speed. */
export async function measureSlowDown(share: number, rounds: number): Promise<Spread> {
  const full: number[] = []
  const slow: number[] = []
  for (let round = 0; round < rounds; round++) {
    full.push(await kernelMs(200))
    const device = await slowDown(share)
    try {
      slow.push(await kernelMs(100))
    } finally {
      await device.stop()
    }
  }
  return spreadOf(ratios(slow, full))
}

/**
 * A share is corrected by what was measured until it is as near as this to what is wanted, and so often at
 * most.
 */
const [nearEnough, mostCorrections] = [0.05, 6]
/** Further off, what is measured is not what it is called. */
const tooFar = 0.15

/**
 * Finds the share that makes the known kernel take `wantedFactor` times as long: from 1/factor, corrected by
 * what was measured. Throws `config-invalid` where the machine does other work meanwhile, so that no share
 * holds.
 */
export async function calibrateSlowDown(wantedFactor: number, rounds = 3): Promise<MeasuredSlowDown> {
  if (wantedFactor === 1) return { wantedFactor, share: 1, factor: { n: 0, median: 1, least: 1, most: 1 } }
  let share = 1 / wantedFactor
  let factor = await measureSlowDown(share, rounds)
  const isOff = (limit: number): boolean => Math.abs(factor.median / wantedFactor - 1) > limit
  for (let correction = 0; correction < mostCorrections && isOff(nearEnough); correction++) {
    share = Math.min(0.9, share * (factor.median / wantedFactor))
    factor = await measureSlowDown(share, rounds)
  }
  if (!isOff(tooFar)) return { wantedFactor, share, factor }
  const measured = factor.median.toFixed(1)
  throw new CacheNetError(
    'config-invalid',
    `The device does not get ${wantedFactor} times as slow: it took ${measured} times as long. Measure again when this machine does nothing else.`,
    { wantedFactor, measured },
  )
}
