/** The engine that the environment names, for as long as it is used. */
import { type DockerEngine, dockerEngine } from './engine.ts'
import { type Environment, findEngine } from './find-engine.ts'

export async function withEngine<T>(env: Environment, use: (engine: DockerEngine) => Promise<T>): Promise<T> {
  const { host, tls } = await findEngine(env)
  const engine = dockerEngine(host, tls)
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}
