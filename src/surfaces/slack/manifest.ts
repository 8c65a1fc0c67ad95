import type { SurfaceApp } from '#core/surface-app.ts'

const SCOPES = [
  'app_mentions:read',
  'chat:write',
  'commands',
  'im:history',
  'im:write',
  'users:read',
  'users:read.email',
]

const EVENTS = ['app_home_opened', 'app_mention', 'app_uninstalled', 'message.im', 'tokens_revoked', 'user_change']

type Settings = SurfaceApp['settings']

/** What the bot may do where it is installed. */
export const botScopes = ({ assistant }: Settings): string[] =>
  assistant === 'yes' ? [...SCOPES, 'assistant:write'] : SCOPES

/** The app as Slack makes it from a manifest: everything that would be clicked together on its pages otherwise. */
export function slackManifest(publicUrl: URL, settings: Settings) {
  const [isSocket, isAssistant] = [settings.mode === 'socket', settings.assistant === 'yes']
  const at = (path: string) => new URL(path, publicUrl).href
  const events = at('/surfaces/slack/events')
  return {
    display_information: {
      name: 'Behalf',
      description: 'Runs your recipes as you.',
      background_color: '#1f2a44',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'Behalf', always_online: true },
      ...(isAssistant && {
        assistant_view: { assistant_description: 'Runs your recipes as you.', suggested_prompts: [] },
      }),
      slash_commands: [
        {
          command: settings.command,
          description: 'Run a recipe as yourself',
          usage_hint: 'help',
          should_escape: false,
          ...(!isSocket && { url: events }),
        },
      ],
    },
    oauth_config: {
      redirect_urls: [at('/surfaces/slack/callback'), at('/sign-in/callback/'), at('/connect/callback/')],
      scopes: { bot: botScopes(settings), user: ['openid', 'email', 'profile'] },
    },
    settings: {
      event_subscriptions: {
        bot_events: isAssistant ? [...EVENTS, 'assistant_thread_started'] : EVENTS,
        ...(!isSocket && { request_url: events }),
      },
      interactivity: { is_enabled: true, ...(!isSocket && { request_url: events }) },
      org_deploy_enabled: true,
      socket_mode_enabled: isSocket,
      token_rotation_enabled: false,
    },
  }
}
