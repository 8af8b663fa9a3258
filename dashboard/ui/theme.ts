import { type ThemeConfig, theme } from 'antd'
import { createStore, type Store } from './store.ts'

export type Theme = 'dark' | 'light'
/** The console and the wall are dark by default, office pages light; each remembers its own choice. */
export type Area = 'console' | 'office' | 'wall'

const KEY = (area: Area) => `anhu.theme.${area}`
const saved = (area: Area): Theme => {
  const value = localStorage.getItem(KEY(area))
  return value === 'dark' || value === 'light' ? value : area === 'office' ? 'light' : 'dark'
}

export const themes: Record<Area, Store<Theme>> = {
  console: createStore(saved('console')),
  office: createStore(saved('office')),
  wall: createStore(saved('wall')),
}

export function setTheme(area: Area, next: Theme): void {
  localStorage.setItem(KEY(area), next)
  themes[area].set(next)
}

const FONT =
  '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", system-ui, sans-serif'

const shared = { fontFamily: FONT, borderRadius: 8, colorPrimary: '#1668dc', motionDurationMid: '0.12s' }

/** antd's tokens; the same colours as in theme.css. */
const antdThemes: Record<Theme, ThemeConfig> = {
  dark: {
    algorithm: theme.darkAlgorithm,
    token: {
      ...shared,
      colorBgBase: '#0f141b',
      colorBgContainer: '#161d27',
      colorBgElevated: '#1d2633',
      colorBgLayout: '#0f141b',
      colorTextBase: '#e8eef6',
      colorTextDescription: '#93a1b5',
      colorTextPlaceholder: '#93a1b5',
      colorBorder: '#334053',
      colorBorderSecondary: '#263040',
      colorError: '#ff6a6b',
      colorLink: '#6cb0ff',
    },
    components: {
      Button: { dangerShadow: 'none', primaryShadow: 'none', defaultShadow: 'none' },
      Tabs: { itemSelectedColor: '#6cb0ff', itemHoverColor: '#6cb0ff', inkBarColor: '#6cb0ff' },
      Pagination: { itemActiveColor: '#6cb0ff' },
      Dropdown: { colorError: '#ff6a6b' },
    },
  },
  light: {
    algorithm: theme.defaultAlgorithm,
    token: {
      ...shared,
      colorPrimary: '#0958d9',
      colorBgLayout: '#f3f5f8',
      colorTextBase: '#17202b',
      colorTextDescription: '#56637a',
      colorTextPlaceholder: '#66738a',
      colorError: '#cf1322',
      colorLink: '#0958d9',
    },
    components: { Button: { dangerShadow: 'none', primaryShadow: 'none', defaultShadow: 'none' } },
  },
}

const calmThemes: Record<Theme, ThemeConfig> = { dark: withoutMotion('dark'), light: withoutMotion('light') }

function withoutMotion(name: Theme): ThemeConfig {
  const themed = antdThemes[name]
  return { ...themed, token: { ...themed.token, motion: false } }
}

/** @param isCalm whether dialogs and menus are simply there, instead of growing and sliding */
export const antdTheme = (name: Theme, isCalm: boolean): ThemeConfig => (isCalm ? calmThemes : antdThemes)[name]
