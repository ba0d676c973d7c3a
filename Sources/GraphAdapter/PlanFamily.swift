import GraphEngine
import Synchronization

/// The plans of one network for different numbers of images.
final class PlanFamily: Sendable {
  /// The plan for one image.
  let single: Plan
  /// How many of the inputs, the first ones, hold something else for each image.
  private let varying: Int
  private let graph: (@Sendable (Int) throws -> Graph)?
  private let known = Mutex<[Int: Plan?]>([:])

  /// - Parameters:
  ///   - single: the plan for one image.
  ///   - varying: how many of the inputs, the first ones, hold something else for each image.
  ///   - graph: the same network for another number of images; without it there is but the one plan.
  init(_ single: Plan, varying: Int, graph: (@Sendable (Int) throws -> Graph)?) {
    self.single = single
    self.varying = varying
    self.graph = graph
  }

  /// The plan for a number of images, made once; `nil` where the network takes one at a time.
  func plan(for images: Int) -> Plan? {
    if images == 1 { return single }
    return known.withLock { known in
      if let plan = known[images] { return plan }
      let plan = make(images)
      known[images] = .some(plan)
      return plan
    }
  }

  /// The same network rewritten, for any number of images that it still fits.
  func rewritten(by rewrite: @escaping @Sendable (Graph) throws -> Graph) throws -> PlanFamily {
    let plan = try Plan(rewrite(single.graph), precision: single.precision, engine: single.engine)
    guard let graph else { return PlanFamily(plan, varying: varying, graph: nil) }
    return PlanFamily(plan, varying: varying) { try rewrite(graph($0)) }
  }

  /// How many images a run is best given: few enough for the memory, enough to be worth a call of every kernel.
  ///
  /// More than eight help only where all of them together are small enough for the processor's cache.
  func batchSize(within bytes: Int) -> Int {
    let each = max(1, single.workingBytes)
    return size(min(bytes / each, max(8, min(64, cacheBytes / each))))
  }

  /// How many images a run and the walk back are best given.
  ///
  /// Measured, each of two large images takes as long as each of eight, which keep four times as many values and have
  /// the weights laid out in further ways.
  func gradientBatchSize(within bytes: Int) -> Int {
    let each = max(1, single.gradientBytes)
    return size(min(bytes / each, max(2, min(8, batchBytes / each), min(64, cacheBytes / each))))
  }

  /// One at a time where there is no plan for more.
  private func size(_ best: Int) -> Int { best > 1 && plan(for: best) != nil ? best : 1 }

  private let cacheBytes = 1 << 24
  private let batchBytes = 1 << 28

  /// The network for so many images, if that is what comes out: a fixed extent in the file may say otherwise.
  private func make(_ images: Int) -> Plan? {
    guard let graph, let plan = try? Plan(graph(images), precision: single.precision, engine: single.engine),
      plan.graph.inputs.map(\.name) == single.graph.inputs.map(\.name)
    else { return nil }
    let batched = single.graph.inputs.prefix(varying).map(\.name) + single.graph.outputs
    let bypassing = single.graph.inputs.dropFirst(varying).map(\.name)
    let fits =
      batched.allSatisfy { isBatched($0, in: plan, of: images) }
      && bypassing.allSatisfy { isBatched($0, in: plan, of: images) || plan.shape(of: $0) == single.shape(of: $0) }
    return fits ? plan : nil
  }

  private func isBatched(_ name: String, in plan: Plan, of images: Int) -> Bool {
    guard let one = single.shape(of: name), let many = plan.shape(of: name) else { return false }
    return one.first == 1 && many == [images] + one.dropFirst()
  }
}
