import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { terminalPage } from './terminal/build.ts'

const server = process.env.DEV_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), terminalPage()],
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    // antd, lazily loaded pages, ECharts and MapLibre (1.1 MB) are separate chunks; the warning is for one nobody meant.
    chunkSizeWarningLimit: 1200,
  },
  server: {
    // The server checks Origin against Host, so the proxy keeps the browser's Host.
    proxy: {
      '/api': { target: server, changeOrigin: false },
      '/healthz': { target: server, changeOrigin: false },
      '/mqtt': { target: server, changeOrigin: false, ws: true },
      '/socket.io': { target: server, changeOrigin: false, ws: true },
    },
  },
})
