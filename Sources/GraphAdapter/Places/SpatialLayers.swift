import AttributionKit
import GraphEngine

/// The layers of a network that are stacks of maps.
struct SpatialLayers {
  /// The layouts of those that the network does not hold as `[channels, height, width]`, and of those that it does.
  let layouts: [String: MapLayout]
  /// Where in the image each scalar is.
  let regions: ImageRegions
  private let reach: ReachOfScore
  let plan: Plan

  init(of plan: Plan, image: String, logits: String) throws {
    let regions = ImageRegions(of: plan, image: image)
    var layouts: [String: MapLayout] = [:]
    for step in plan.steps {
      layouts[step.name] = regions.layout(of: step.name, shape: plan.shape(of: step.name) ?? [])
      layouts[step.name]?.areAssumed = regions.areAssumed(step.name)
    }
    self.layouts = layouts
    self.regions = regions
    self.plan = plan
    reach = try ReachOfScore(plan, logits: logits, layouts: layouts)
  }

  /// The same stacks of maps as another value depends on them.
  init(sharing other: SpatialLayers, logits: String) throws {
    (layouts, regions, plan) = (other.layouts, other.regions, other.plan)
    reach = try ReachOfScore(plan, logits: logits, layouts: layouts)
  }

  /// Whether the places of a stack of maps influence the logits.
  func reachesScore(_ name: String) -> Bool { layouts[name].map { reach.includes(name, $0) } ?? true }

  /// Which scalars of a value the logits depend on.
  func reach(of name: String) -> Reach { reach.reaches[name] ?? .none }

  /// The layer that the papers of the CAM family would choose.
  ///
  /// It is the deepest stack of maps, stepping back over pooling, resizing and operators that only move scalars. Where
  /// that one has no influence, such as the last tokens of a transformer whose head reads the class token alone, it is
  /// the deepest as wide that all influence of places passes through.
  func automaticLayer(among layers: [Layer]) -> AutomaticLayer? {
    let spatial = layers.dropFirst().filter { layouts[$0.name] != nil }
    guard let deepest = spatial.last else { return nil }
    let bottlenecks = bottlenecks(among: spatial.filter(\.reachesScore))
    let asWide = bottlenecks.last { $0.shape[0] == deepest.shape[0] }
    guard let choice = asWide ?? bottlenecks.last ?? spatial.last(where: \.reachesScore) else { return nil }
    let automatic = steppingBack(from: choice, among: spatial)
    if deepest.reachesScore { return automatic }
    return AutomaticLayer(automatic.layer, because: "the last layer whose patches influence the score")
  }

  /// The layers after which no other, or none of `others`, still lets its places through to the logits.
  func bottlenecks(among layers: [Layer], bypassedBy others: [Layer]? = nil) -> [Layer] {
    let positions = Dictionary(uniqueKeysWithValues: plan.steps.enumerated().map { ($1.name, $0) })
    let counted = others.map { Set($0.map(\.name)) }
    let uses = reach.lastUse.compactMap { name, use in
      counted?.contains(name) == false ? nil : positions[name].map { (made: $0, use: use) }
    }
    var latestUse = plan.steps.map { _ in -1 }
    for use in uses { latestUse[use.made] = use.use }
    var latestBefore: [Int] = [], latest = -1
    for use in latestUse {
      latestBefore.append(latest)
      latest = max(latest, use)
    }
    return layers.filter { layer in positions[layer.name].map { latestBefore[$0] <= $0 } ?? false }
  }

  private func steppingBack(from choice: Layer, among layers: [Layer]) -> AutomaticLayer {
    let byName = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
    let steps = Dictionary(plan.steps.map { ($0.name, $0) }) { first, _ in first }
    var layer = choice, reason = "the deepest spatial activation"
    while let step = steps[layer.name], let source = byName[step.node.inputs[0]], source.reachesScore {
      if step.node.op.onlyPools(step.node.inputs.map { plan.shape(of: $0) ?? [] }) {
        reason = "the deepest spatial activation before pooling"
      } else if step.node.op.shapesPooling {
        reason = "the deepest spatial activation before pooling by a power mean"
      } else if step.node.op.kind == .resizing {
        reason = "the deepest spatial activation before it is resized"
      } else if step.node.op.kind != .movement || step.node.inputs.count > 1 || source.shape != layer.shape {
        break
      }
      layer = source
    }
    return AutomaticLayer(layer, because: reason)
  }
}

extension ImageRegions {
  /// Where the maps of a value lie; `nil` where it is no stack of maps.
  fileprivate func layout(of name: String, shape: [Int]) -> MapLayout? {
    guard shape.first == 1, hasWholeGrid(name) else { return MapLayout(of: map(of: name), shape: shape) }
    return shape[2] * shape[3] > 1 ? MapLayout(channels: shape[1], height: shape[2], width: shape[3]) : nil
  }
}

extension Operator {
  /// Whether the operator only thins out the rows and columns of its input.
  fileprivate func onlyPools(_ inputs: [[Int]]) -> Bool {
    guard case .pooling = kind, case .window = placeFlow(of: inputs) else { return false }
    return true
  }
}
