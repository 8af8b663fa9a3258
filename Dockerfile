# syntax=docker/dockerfile:1

# The platform's image: dist/ and the packages it needs while running. Builders, tests and sources stay behind.
FROM node:24-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json ./

FROM base AS build
RUN npm install --include=dev --no-audit --no-fund
COPY tsconfig.json ./
COPY server server
COPY gateway gateway
COPY simulator simulator
COPY dashboard dashboard
RUN npm run build

FROM base AS packages
RUN npm install --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production DATA_DIR=/data
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
# `node` (uid 1000) comes with the image; the folder for its volume has to be its own.
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 8080 1883 8883 5093 5116
# /healthz says that the process lives. Whether it can do its work is /readyz: a restart would not bring a database back.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT || 8080}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=64", "--enable-source-maps", "dist/server/main.js"]
