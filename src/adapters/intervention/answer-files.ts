/**
 * Answers as files of the data folder: `RUN-STEP.asked` while a question waits, `.answer` from whoever gives one, which the run takes by giving it
 * the name `.taken`; whoever gave it takes that away.
 */
import { createHash, randomUUID } from 'node:crypto'
import { access, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunId } from '../../events/run-event.ts'
import { errorCode, ifPresent } from '../../media/file-errors.ts'
import type { Answers, Given } from '../../ports/answers.ts'
import { type Choice, choices } from '../../ports/intervention.ts'

export interface AnswerFilesOptions {
  readonly dir: string
  /** How often is looked. */
  readonly everyMs?: number
}

/** So many looks for a question that is just being asked, and for a run that takes its answer. */
const [looksForQuestion, looksForTaking] = [10, 50]

export function answerFiles({ dir, everyMs = 200 }: AnswerFilesOptions): Answers {
  return {
    async wait(run, step, { signal }) {
      signal.throwIfAborted()
      const at = placesOf(dir, run, step)
      await mkdir(dir, { recursive: true, mode: 0o700 })
      try {
        for (const old of [at.answer, at.taken]) await rm(old, { force: true })
        await writeFile(at.asked, '', { mode: 0o600 })
        for (;;) {
          const choice = await take(at)
          if (choice !== undefined) return choice
          await rest(everyMs, signal)
        }
      } finally {
        for (const own of [at.asked, at.answer]) await rm(own, { force: true })
      }
    },
    async give(run, step, choice, { signal }) {
      const at = placesOf(dir, run, step)
      for (let look = 0; !(await isThere(at.asked)); look++) {
        if (look === looksForQuestion) return 'not asked'
        await rest(everyMs, signal)
      }
      const text = `${choice} ${randomUUID()}`
      if (!(await lay(text, dir, at))) return 'answered'
      for (let look = 0; look < looksForTaking; look++) {
        if (!(await isThere(at.answer))) return outcomeOf(text, at)
        await rest(everyMs, signal)
      }
      // Nobody is there to take it. Who removes it is the only one that had it.
      const withdrawn = await rm(at.answer).then(
        () => true,
        () => false,
      )
      return withdrawn ? 'not asked' : outcomeOf(text, at)
    },
    async forget(run) {
      const files = (await ifPresent(readdir(dir))) ?? []
      for (const file of files) if (file.startsWith(`${run}-`)) await rm(join(dir, file), { force: true })
    },
  }
}

interface Places {
  readonly asked: string
  readonly answer: string
  readonly taken: string
}

/** Paths of steps may be longer than names of files. */
function placesOf(dir: string, run: RunId, step: string): Places {
  const name = join(dir, `${run}-${createHash('sha256').update(step).digest('hex').slice(0, 32)}`)
  return { asked: `${name}.asked`, answer: `${name}.answer`, taken: `${name}.taken` }
}

async function take({ answer, taken }: Places): Promise<Choice | undefined> {
  if ((await ifPresent(rename(answer, taken).then(() => true))) === undefined) return undefined
  const text = await ifPresent(readFile(taken, 'utf8'))
  return choices.find((choice) => choice === text?.split(' ')[0])
}

/** Whole at once, and only where no other is. */
async function lay(text: string, dir: string, { answer }: Places): Promise<boolean> {
  const draft = join(dir, `draft-${randomUUID()}`)
  try {
    await writeFile(draft, text, { mode: 0o600 })
    await link(draft, answer)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Of an answer that is no longer where it was laid. */
async function outcomeOf(text: string, { taken }: Places): Promise<Given> {
  if ((await ifPresent(readFile(taken, 'utf8'))) !== text) return 'not asked'
  await rm(taken, { force: true })
  return 'given'
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
  signal.throwIfAborted()
}
