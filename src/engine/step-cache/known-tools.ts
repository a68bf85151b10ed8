/** Tools whose dependencies are kept without being told where: by which file they are known, and where their files are beside it. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

interface Tool {
  readonly name: string
  /** Any of them says that the tool is at work; the first that is there makes the key. */
  readonly files: readonly (string | RegExp)[]
  readonly folder: string
}

/** The original tells Maven, Gradle, Yarn and .NET to work in these folders; here that is for the pipeline to say. */
const tools: readonly Tool[] = [
  { name: 'maven', files: ['pom.xml'], folder: '.m2/repository' },
  { name: 'gradle', files: ['build.gradle', 'build.gradle.kts'], folder: '.gradle' },
  { name: 'bazel', files: ['MODULE.bazel', 'WORKSPACE'], folder: '.bazel' },
  { name: 'node', files: ['package-lock.json', 'package.json'], folder: 'node_modules' },
  { name: 'yarn', files: ['yarn.lock'], folder: '.yarn' },
  { name: 'go', files: ['go.sum', 'go.mod'], folder: '.go' },
  { name: 'dotnet', files: [/\.(?:cs|vb|fs)proj$/], folder: '.nuget/packages' },
]

export interface FoundTools {
  readonly names: readonly string[]
  /** As steps spell them. */
  readonly folders: readonly string[]
  readonly key: string
}

interface Lock {
  readonly dir: string
  readonly file: string
}

/** In the workspace itself, else in the folders right below it. Undefined when no tool is known. */
export async function findTools(workspace: string, platform: string): Promise<FoundTools | undefined> {
  const top = await namesIn(workspace)
  const inner = top.filter((name) => !name.startsWith('.') && name !== 'node_modules')
  const below = await Promise.all(inner.map(async (dir) => ({ dir, names: await namesIn(join(workspace, dir)) })))
  const hash = createHash('sha256')
  const names: string[] = []
  const folders: string[] = []
  for (const tool of tools) {
    const here = lockOf(tool, '', top)
    const locks = here.length > 0 ? here : below.flatMap(({ dir, names: all }) => lockOf(tool, dir, all))
    if (locks.length > 0) names.push(tool.name)
    for (const { dir, file } of locks) {
      folders.push(join('/harness', dir, tool.folder))
      hash.update(`${join(dir, file)}\0`).update(await readFile(join(workspace, dir, file)))
    }
  }
  return names.length === 0 ? undefined : { names, folders, key: `${names.join('-')}-${platform}-${hash.digest('hex').slice(0, 32)}` }
}

function lockOf(tool: Tool, dir: string, names: readonly string[]): readonly Lock[] {
  for (const wanted of tool.files) {
    const file = names.find((name) => (typeof wanted === 'string' ? name === wanted : wanted.test(name)))
    if (file !== undefined) return [{ dir, file }]
  }
  return []
}

async function namesIn(dir: string): Promise<readonly string[]> {
  return (await readdir(dir).catch(() => [])).toSorted()
}
