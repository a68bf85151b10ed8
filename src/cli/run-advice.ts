/** The rungs of RUN in words, and the commands that lead to a better one. */
import type { RunAbility, RunFacts } from '../ports/run-ability.ts'

export const rungTexts: Readonly<Record<number, string>> = {
  1: 'as root, layers of base images are mounted as they are',
  2: 'as root, layers of base images are unpacked once each',
  3: 'in a user namespace with a range of ids',
  4: 'in a user namespace with one id; users and owners are kept by a program, which is slower',
  5: 'in a user namespace inside of this container',
  6: 'layers are copied and become the root of the command; nothing but that keeps it in',
}

/** Nothing where nothing is missing. */
export function runAdvice({ rung, facts }: RunAbility): readonly string[] {
  switch (rung) {
    case 1:
    case 3:
    case 5:
      return []
    case 2:
      return ['modprobe erofs    (Linux 6.4 or newer, with EROFS)']
    case 4:
      return [...missingMapper(facts), ...missingRange(facts)]
    case 6:
      return [
        'docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined ...',
        'in Kubernetes: securityContext.seccompProfile.type: Unconfined, and a volume for the data folder',
      ]
    default:
      return notAtAll(facts)
  }
}

function notAtAll(facts: RunFacts): readonly string[] {
  if (facts.root) return [`SLIPWAY_HOME=FOLDER    on a file system of its own, such as a volume: ${facts.folder} cannot be the upper side of an overlay`]
  const settings = facts.forbidding.map((setting) => `sudo sysctl -w ${setting}`)
  return settings.length > 0 ? settings : ['run as root, or where ordinary users may make user namespaces (unshare --user --map-root-user true)']
}

function missingMapper({ mapper }: RunFacts): readonly string[] {
  return mapper ? [] : ['sudo apt-get install uidmap    (shadow-utils or shadow elsewhere)']
}

function missingRange({ range, user }: RunFacts): readonly string[] {
  return range ? [] : [`sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user}`]
}
