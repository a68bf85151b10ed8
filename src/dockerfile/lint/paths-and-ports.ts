/** WORKDIR, COPY and EXPOSE: relative folders, sources that .dockerignore leaves out, ports written the wrong way. */
import { diagnose } from '../../base/diagnostic.ts'
import { cleanPath } from '../clean-path.ts'
import { matchIgnore } from '../ignore.ts'
import type { LintRule } from './rule.ts'

/** The first WORKDIR of a chain of stages; later ones are fixed by fixing it. */
export const workdirRelativePath: LintRule = {
  name: 'WorkdirRelativePath',
  check: ({ file, graph }) => {
    const set = new Set<number>()
    return file.stages.flatMap((stage) => {
      const base = graph.nodes[stage.index]?.base
      const first = stage.instructions.find((instruction) => instruction.kind === 'workdir')
      const inherited = base?.kind === 'stage' && set.has(base.index)
      if (inherited || first !== undefined) set.add(stage.index)
      const relative = !inherited && first !== undefined && !/^[/$]/.test(first.path.text)
      return relative ? diagnose('LINT_WORKDIR_RELATIVE_PATH', { path: first.path.text }, { at: first.path.at }) : []
    })
  },
}

/** Where "!" rules exist a folder may be left out and a file in it kept, so nothing is said. */
export const copyIgnoredFile: LintRule = {
  name: 'CopyIgnoredFile',
  check: ({ file, ignore }) => {
    if (ignore === undefined || ignore.takesBack) return []
    const copies = file.stages
      .flatMap((stage) => stage.instructions)
      .flatMap((one) => (one.kind === 'add' || (one.kind === 'copy' && one.from === undefined) ? one : []))
    return copies.flatMap((copy) =>
      copy.sources
        .filter(({ text }) => matchIgnore(ignore, cleanPath(`/${text}`).slice(1)).ignored)
        .map(({ text, at }) => diagnose('LINT_COPY_IGNORED_FILE', { source: text, instruction: copy.keyword.text }, { at })),
    )
  },
}

export const exposeProtoCasing: LintRule = {
  name: 'ExposeProtoCasing',
  check: ({ file }) =>
    portsOf(file)
      .filter(({ text }) => /\/[a-z]*[A-Z]/.test(text))
      .map(({ text, at }) => diagnose('LINT_EXPOSE_PROTO_CASING', { port: text }, { at })),
}

export const exposeInvalidFormat: LintRule = {
  name: 'ExposeInvalidFormat',
  check: ({ file }) =>
    portsOf(file)
      .filter(({ text }) => text.replace(/\$\{[^}]*\}/g, '').includes(':'))
      .map(({ text, at }) => diagnose('LINT_EXPOSE_INVALID_FORMAT', { port: text }, { at })),
}

function portsOf(file: Parameters<LintRule['check']>[0]['file']) {
  return file.stages.flatMap((stage) => stage.instructions).flatMap((instruction) => (instruction.kind === 'expose' ? instruction.ports : []))
}
