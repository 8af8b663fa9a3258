import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { startI18n } from './i18n/i18n.ts'
import { setDocumentTheme } from './ui/document.ts'
import { themes } from './ui/theme.ts'
import './ui/theme.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
setDocumentTheme(themes.console.get())
await startI18n()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
