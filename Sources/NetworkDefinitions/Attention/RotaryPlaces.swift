import Foundation
import GraphEngine
import Kernels

/// Rotary embeddings of places: queries and keys turned by angles that grow with a patch's row and column (Su et al., 2021,
/// arXiv:2104.09864; in two dimensions Fang et al., 2023, arXiv:2303.11331, and Siméoni et al., 2025, arXiv:2508.10104).
struct RotaryPlaces: Sendable {
  /// Which numbers of a head are turned together: neighbours, or those half a head apart.
  enum Pairs { case neighbors, halves }

  /// How many tokens in front stand nowhere.
  let front: Int
  let pairs: Pairs
  /// The angles along one axis for each place of so many, a quarter as many as a head has numbers.
  let angles: @Sendable (_ places: Int, _ width: Int) -> [[Double]]

  /// EVA-02's: frequencies fall from 1 by powers of 10,000, and places are counted as on a grid of 16 × 16.
  static func eva(front: Int) -> RotaryPlaces {
    RotaryPlaces(front: front, pairs: .neighbors) { places, width in
      (0..<places).map { place in
        (0..<width).map { 16 * Double(place) / Double(places) / pow(10_000, Double($0) / Double(width)) }
      }
    }
  }

  /// DINOv3's: full turns of places from −1 to 1, at frequencies that fall by powers of `base`.
  static func dino(front: Int, base: Double) -> RotaryPlaces {
    RotaryPlaces(front: front, pairs: .halves) { places, width in
      (0..<places).map { place in
        let center = 2 * (Double(place) + 0.5) / Double(places) - 1
        return (0..<width).map { 2 * .pi * center / pow(base, Double($0) / Double(width)) }
      }
    }
  }

  /// `x·cos θ + x̂·sin θ`, `x̂` being `x` with each pair turned by a right angle.
  ///
  /// - Parameters:
  ///   - value: queries or keys, `[…, heads, T, d]`.
  ///   - name: what they are called.
  ///   - network: the network so far.
  /// - Returns: The same, turned.
  /// - Throws: ``NetworkError/malformedLayer(_:reason:)``, where the patches make no square.
  func apply(
    to value: NetworkBuilder.Value, as name: String, in network: inout NetworkBuilder
  ) throws -> NetworkBuilder.Value {
    let tokens = value.shape[value.shape.count - 2], width = value.shape[value.shape.count - 1]
    let side = Int(Double(max(0, tokens - front)).squareRoot().rounded())
    try network.require(
      side * side + front == tokens && width % 4 == 0, "turns queries and keys by their places in square images only")
    var cosines = [Float](repeating: 1, count: tokens * width), sines = [Float](repeating: 0, count: tokens * width)
    let along = angles(side, width / 4)
    for place in 0..<side * side {
      let angles = along[place / side] + along[place % side]
      for index in 0..<width {
        let angle = angles[pairs == .neighbors ? index / 2 : index % (width / 2)]
        cosines[(front + place) * width + index] = Float(cos(angle))
        sines[(front + place) * width + index] = Float(sin(angle))
      }
    }
    var turn = [Float](repeating: 0, count: width * width)
    for index in 0..<width {
      let isFirst = pairs == .neighbors ? index % 2 == 0 : index < width / 2
      let distance = pairs == .neighbors ? 1 : width / 2
      turn[(isFirst ? index + distance : index - distance) * width + index] = isFirst ? -1 : 1
    }
    func constant(_ numbers: [Float], _ shape: [Int], _ part: String) throws -> NetworkBuilder.Value {
      try network.constant(NDArray(numbers, shape: shape), as: "\(name).\(part)")
    }
    let kept = try network.add(
      Arithmetic(.multiply), [value, constant(cosines, [tokens, width], "cos")], as: "\(name).kept")
    let turned = try network.add(
      MatrixProduct(), [value, constant(turn, [width, width], "turn")], as: "\(name).turned.by90")
    let shifted = try network.add(
      Arithmetic(.multiply), [turned, constant(sines, [tokens, width], "sin")], as: "\(name).shifted")
    return try network.add(Arithmetic(.add), [kept, shifted], as: "\(name).rotated")
  }
}
