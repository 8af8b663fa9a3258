import { MapView } from '../../contract/map.ts'
import type { Api, HttpDeps } from '../deps.ts'

/** How pages draw maps: with or without pictures from a map service. */
export async function mapRoutes(api: Api, { map }: HttpDeps): Promise<void> {
  api.get('/map', { schema: { tags: ['map'], summary: 'Map service', response: { 200: MapView } } }, async () => map)
}
