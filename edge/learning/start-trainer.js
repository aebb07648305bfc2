// The first file of a training process. It registers the loader that lets Node run TypeScript, in plain
// JavaScript, before the program is loaded.
import { constants, setPriority } from 'node:os'
import process from 'node:process'
import { setInterval } from 'node:timers'
import { pathToFileURL } from 'node:url'
import { register } from 'tsx/esm/api'

// Before any thread is there: each takes the priority of the one that starts it.
setPriority(constants.priority.PRIORITY_LOW)
// A terminal signals the whole group: the edge decides when its training goes.
process.on('SIGINT', () => undefined)

// An edge that was killed cannot end it, and nobody waits for what it learns.
const edge = process.ppid
const lookMs = 1000
setInterval(() => {
  if (process.ppid !== edge) process.exit(1)
}, lookMs).unref()

const [program] = process.argv.splice(2, 1)
register()
await import(pathToFileURL(program).href)
