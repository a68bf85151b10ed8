/** One line per check: a live screen on a terminal, a line at each end elsewhere. */
import type { TaskResult } from './run-task.ts'

export interface Display {
  started(name: string): void
  ended(name: string, result: TaskResult): void
  close(): void
}

export interface Screen {
  readonly isTTY: boolean
  write(text: string): void
}

export function display(names: readonly string[], screen: Screen): Display {
  return screen.isTTY ? liveDisplay(names, screen) : plainDisplay(names, screen)
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function line(mark: string, name: string, width: number, ms: number | undefined): string {
  return `${mark} ${name.padEnd(width)} ${ms === undefined ? '' : seconds(ms).padStart(7)}`.trimEnd()
}

function plainDisplay(names: readonly string[], screen: Screen): Display {
  const width = Math.max(...names.map((name) => name.length))
  return {
    started: () => undefined,
    ended: (name, result) => screen.write(`${line(result.ok ? 'ok  ' : 'FAIL', name, width, result.ms)}\n`),
    close: () => undefined,
  }
}

function liveDisplay(names: readonly string[], screen: Screen): Display {
  const width = Math.max(...names.map((name) => name.length))
  const began = new Map<string, number>()
  const results = new Map<string, TaskResult>()
  const state = (name: string): string => {
    const result = results.get(name)
    const start = began.get(name)
    if (result !== undefined) return line(result.ok ? '\x1b[32m✓\x1b[0m' : '\x1b[31m✗\x1b[0m', name, width, result.ms)
    return start === undefined ? line('·', name, width, undefined) : line('\x1b[36m▸\x1b[0m', name, width, performance.now() - start)
  }
  let drawn = false
  const draw = (): void => {
    screen.write(`${drawn ? `\x1b[${names.length}A` : ''}${names.map((name) => `\x1b[2K${state(name)}\n`).join('')}`)
    drawn = true
  }
  const timer = setInterval(draw, 200)
  draw()
  return {
    started: (name) => void began.set(name, performance.now()),
    ended: (name, result) => void results.set(name, result),
    close() {
      clearInterval(timer)
      draw()
    },
  }
}
