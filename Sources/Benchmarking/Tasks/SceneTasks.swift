import AttributionKit
import DemoNetwork
import Explaining
import Images
import Tensors

/// Scenes drawn for the demo network, with the exact mask of every object.
public struct Scenes: BenchmarkTask {
  /// What is in the scenes.
  public enum Kind: String, Sendable, CaseIterable {
    /// One object.
    case single
    /// Two of different kinds, each asked about.
    case pairs
    /// One object behind another that hides a part of it, each asked about.
    case occluded
  }

  public let kind: Kind
  public let count: Int
  private let explainer: Explainer

  /// So many scenes of a kind, for the demo network.
  ///
  /// - Throws: `ExplainingError`, which tells whose fault it is.
  public init(_ kind: Kind, count: Int = 16) throws {
    (self.kind, self.count) = (kind, count)
    explainer = try Explainer(.demo)
  }

  public var identifier: String { kind.rawValue }
  public var citation: String? { nil }
  public var summary: String {
    switch kind {
    case .single: "scenes of one object, whose pixels are known."
    case .pairs: "scenes of two objects, each of which is asked about, whose pixels are known."
    case .occluded: "scenes of two objects of which the second hides a part of the first, whose pixels are known."
    }
  }

  public func forEachCase(_ body: (BenchmarkCase) throws -> Void) throws {
    for index in 0..<count {
      let scene = scene(index), side = DemoNetwork.inputSide
      let picture = try explainer.predict(Picture(scene.raster, named: "scene"))
      for object in scene.objects {
        guard object.mask.contains(true),
          let inquiry = try picture.inquiries(Question([.classes(object.kind.name)])).first
        else { continue }
        try body(BenchmarkCase(inquiry.session, truth: Tensor(object.mask.map { $0 ? 1 : 0 }, shape: [side, side])))
      }
    }
  }

  private func scene(_ index: Int) -> Scene {
    let side = DemoNetwork.inputSide, seed = 7_000 + UInt64(index)
    guard kind == .occluded else { return Scene(pair: kind == .pairs, seed: seed, side: side) }
    // The first that follows the seed; the high bits keep scenes apart.
    var next = seed << 16
    while true {
      let scene = Scene(pair: true, seed: next, side: side)
      if scene.hidesPart { return scene }
      next += 1
    }
  }
}

extension Scene {
  /// Whether the second object borders on what is seen of the first, over a tenth of the scene's side or more.
  fileprivate var hidesPart: Bool {
    guard objects.count == 2 else { return false }
    let side = raster.width, (a, b) = (objects[0].mask, objects[1].mask)
    var touching = 0
    for pixel in a.indices where a[pixel] {
      let (y, x) = (pixel / side, pixel % side)
      for (dy, dx) in [(0, 1), (1, 0), (0, -1), (-1, 0)] {
        let (row, column) = (y + dy, x + dx)
        if (0..<side).contains(row), (0..<side).contains(column), b[row * side + column] { touching += 1 }
      }
    }
    return touching > side / 10
  }
}
