// Words of the maps.
export const WORDS = {
  // map
  "map.title": { zh: "车辆地图", en: "Map of the vehicles" },
  "map.fleet": { zh: "{n} 辆车", en: "{n} vehicles" },
  "map.all": { zh: "全部", en: "Whole area" },
  "map.zoom_in": { zh: "放大", en: "Zoom in" },
  "map.zoom_out": { zh: "缩小", en: "Zoom out" },
  "map.no_webgl": { zh: "此浏览器不能绘制地图（缺 WebGL）；列表不受影响", en: "This browser cannot draw the map (no WebGL); the list works all the same" },
  "map.no_roads": { zh: "路段没有载入：{why}", en: "The segments did not load: {why}" },
  "map.no_base": { zh: "底图没有载入：{why}", en: "The base map did not load: {why}" },
  "map.open_vehicle": { zh: "打开车辆页", en: "Open the vehicle's page" },
  "map.open_segment": { zh: "打开路段页", en: "Open the segment's page" },
  "map.last_fix": { zh: "{at} 的位置", en: "Position of {at}" },
};
