import type { Sabotage } from '../sabotages.ts'

const ANSWERS = 'test/scenarios/answering-by-api.test.ts'
const CALLED = 'test/scenarios/functions-called.test.ts'

/** What keeps an answer to the choice that was meant and to the question that was shown, taken away one line at a time. */
export const questionSabotages: Sabotage[] = [
  {
    name: 'questions: the label that is shown',
    test: ANSWERS,
    testName: 'in the chat a choice is',
    file: 'src/jobs/answer-question.ts',
    find: 'if (said !== undefined) return byLabel(said) ?? byValue(said)',
    replace: 'if (said !== undefined) return byValue(said) ?? byLabel(said)',
  },
  {
    name: 'questions: to the letter first',
    test: ANSWERS,
    testName: 'choices that only capitals tell apart',
    file: 'src/recipes/find-meant.ts',
    find: 'if (exact !== undefined) return exact',
    replace: '',
  },
  {
    name: 'questions: the next one',
    test: ANSWERS,
    testName: 'an answer names its question',
    file: 'src/commands/jobs/answer-job.ts',
    find: 'if (!question || step !== question.step)',
    replace: 'if (!question)',
  },
  {
    name: 'questions: nobody to ask',
    test: CALLED,
    testName: 'a key that is nobody',
    file: 'src/jobs/refuse-unrunnable.ts',
    find: 'if (!person) refuseQuestions(program)',
    replace: '',
  },
  {
    name: 'questions: while stopped',
    test: ANSWERS,
    testName: 'an answer is refused while',
    file: 'src/jobs/answer-question.ts',
    find: 'if (goesOn) await refuseWhileStopped(tx, jobId)',
    replace: '',
  },
  {
    name: 'questions: of what was deleted',
    test: ANSWERS,
    testName: 'a job that asks ends when',
    file: 'src/commands/recipes/delete-recipe.ts',
    find: 'await endJobsOfRecipe(ctx, { id: recipeId, name })',
    replace: '',
  },
  {
    name: 'skills: what they yield',
    test: CALLED,
    testName: 'a skill whose last reply',
    file: 'src/jobs/run-job.ts',
    find: 'const finish = checkSkillOutput(job, reply.last, ended)',
    replace: 'const finish = checkSkillOutput(job, reply.last, ended) && ended',
  },
  {
    name: 'numbers: another than was sent',
    test: CALLED,
    testName: 'a number that would silently',
    file: 'src/api/app.ts',
    find: "app.use('*', exactNumbers)",
    replace: '',
  },
  {
    name: 'names: odd ones of connections',
    test: 'test/scenarios/odd-names.test.ts',
    testName: 'nothing that people are shown',
    file: 'src/connections/create-parent.ts',
    find: 'name: checkName(wanted.name)',
    replace: 'name: wanted.name',
  },
  {
    name: 'functions: too deep since the start',
    test: CALLED,
    testName: 'functions may call one another ten deep',
    file: 'src/jobs/refuse-unrunnable.ts',
    find: 'if (!chain) return',
    replace: 'if (chain) return',
  },
]
