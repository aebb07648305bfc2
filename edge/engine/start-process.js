// The first file of an inference process. It registers the loader that lets Node run TypeScript, in plain
// JavaScript, before the module that does the work is loaded.
import process from 'node:process'
import { register } from 'tsx/esm/api'

// A terminal and a service manager signal the whole group. The edge decides when its engine goes: frames in
// flight come first.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
// An edge that was killed leaves nothing behind.
process.on('disconnect', () => process.exit(0))

const { module, choice } = JSON.parse(process.argv[2])
register()
const { createHandler } = await import(module)
const handle = await createHandler(choice)
process.on('message', (message) => {
  void handle(message.task).then((reply) => process.send?.({ id: message.id, reply }))
})
process.send?.({ ready: true })
