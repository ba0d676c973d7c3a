import GraphEngine
import Kernels
import Tensors

/// Heads of detectors on two feature maps, `fine` (8 × 8 cells) and `coarse` (4 × 4), each with four numbers of a box and three classes.
enum TinyDetector {
  static let side = 32, classes = 3, rows = 64 + 16

  static func convolution(_ size: Int, stride: Int) -> Convolution {
    Convolution(
      ConvolutionGeometry(
        strides: [stride, stride], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1))
  }

  static func weights(_ shape: [Int], _ phase: Float) -> NDArray {
    let count = shape.reduce(1, *)
    return NDArray((0..<count).map { Float(($0 * 37 + Int(phase * 101)) % 23) / 23 - 0.45 }, shape: shape)
  }

  static let body = [
    Node(convolution(4, stride: 4), ["image", "w1"], to: "first"), Node(.relu, "first", to: "fine"),
    Node(convolution(2, stride: 2), ["fine", "w2"], to: "second"), Node(.relu, "second", to: "coarse"),
  ]

  static var constants: [String: NDArray] {
    [
      "w1": weights([6, 3, 4, 4], 0.1), "w2": weights([6, 6, 2, 2], 0.2), "box1": weights([4, 6, 1, 1], 0.3),
      "box2": weights([4, 6, 1, 1], 0.4), "class1": weights([3, 6, 1, 1], 0.5), "class2": weights([3, 6, 1, 1], 0.6),
      "all1": weights([8, 6, 1, 1], 0.7), "all2": weights([8, 6, 1, 1], 0.8), "8": NDArray([8], shape: []),
      "cells": weights([1, 80, 4], 0.9), "mask1": weights([5, 6, 1, 1], 1.1), "mask2": weights([5, 6, 1, 1], 1.2),
      "angle1": weights([1, 6, 1, 1], 1.3), "angle2": weights([1, 6, 1, 1], 1.4), "point1": weights([6, 6, 1, 1], 1.5),
      "point2": weights([6, 6, 1, 1], 1.6), "prototype": weights([5, 6, 1, 1], 1.7),
    ]
  }

  static func graph(_ nodes: [Node], outputs: [String]) -> Graph {
    Graph(
      inputs: [.init("image", shape: [1, 3, side, side])], nodes: body + nodes, constants: constants, outputs: outputs)
  }

  /// The rows of both maps side by side, `[1, channels, 80]`, of which convolution `name` makes one number of channels.
  static func joined(_ name: String, _ channels: Int) -> [Node] {
    [
      Node(convolution(1, stride: 1), ["fine", name + "1"], to: name + "-fine"),
      Node(convolution(1, stride: 1), ["coarse", name + "2"], to: name + "-coarse"),
      Node(Reshape(to: [1, channels, 64]), [name + "-fine"], to: name + "-64"),
      Node(Reshape(to: [1, channels, 16]), [name + "-coarse"], to: name + "-16"),
      Node(Concatenation(axis: 2), [name + "-64", name + "-16"], to: name),
    ]
  }

  /// `[1, 4 + 3, 80]`, as YOLOv8 puts it out.
  static var eight: Graph {
    graph(
      joined("box", 4) + joined("class", 3) + [
        Node(.multiply, "box", "8", to: "pixels"), Node(.sigmoid, "class", to: "p"),
        Node(Concatenation(axis: 1), ["pixels", "p"], to: "y"),
      ], outputs: ["y"])
  }

  /// `[1, 80, 5 + 3]`, one sigmoid of all numbers, as YOLOv5 puts it out.
  static var five: Graph {
    graph(
      joined("all", 8) + [
        Node(Transpose(permutation: [0, 2, 1]), ["all"], to: "rows"), Node(.sigmoid, "rows", to: "s"),
        Node(Slice(starts: [0, 0, 0], ends: [1, 80, 4], steps: [1, 1, 1]), ["s"], to: "b"),
        Node(Slice(starts: [0, 0, 4], ends: [1, 80, 8], steps: [1, 1, 1]), ["s"], to: "conf"),
        Node(.multiply, "b", "8", to: "pixels"), Node(Concatenation(axis: 2), ["pixels", "conf"], to: "y"),
      ], outputs: ["y"])
  }

  /// `[1, 20, 6]`, the best twenty of `eight` in order, as end-to-end exports of YOLO rank them: the best twenty rows, and
  /// of their classes the best twenty again.
  static var ranked: Graph {
    func column(_ range: Range<Int>) -> Slice {
      Slice(starts: [0, 0, range.lowerBound], ends: [1, rows, range.upperBound], steps: [1, 1, 1])
    }
    var graph = graph(
      eight.nodes.dropFirst(body.count) + [
        Node(Transpose(permutation: [0, 2, 1]), ["y"], to: "rows"),
        Node(column(0..<4), ["rows"], to: "boxes"), Node(column(4..<7), ["rows"], to: "scores"),
        Node(Reduction(.max, axes: [2], keepsDimensions: false), ["scores"], to: "best"),
        Node(TopK(.places, count: 20, axis: 1, isLargest: true), ["best"], to: "place"),
        Node(Reshape(to: [1, 20, 1]), ["place"], to: "place-1"),
        Node(Expand(to: [1, 20, 3]), ["place-1"], to: "place-3"),
        Node(IndexedPicking(.elements(axis: 1)), ["scores", "place-3"], to: "picked"),
        Node(Reshape(to: [1, 60]), ["picked"], to: "flat"),
        Node(TopK(.values, count: 20, axis: 1, isLargest: true), ["flat"], to: "score"),
        Node(TopK(.places, count: 20, axis: 1, isLargest: true), ["flat"], to: "index"),
        Node(Reshape(to: [1, 20, 1]), ["score"], to: "score-1"),
        Node(Reshape(to: [1, 20, 1]), ["index"], to: "index-1"),
        Node(DivisionRemainder(keepsDividendSign: false), ["index-1", "3"], to: "class-of"),
        Node(.divide, "index-1", "3", to: "quotient"), Node(ElementwiseFunction(.floor), ["quotient"], to: "among"),
        Node(IndexedPicking(.elements(axis: 1)), ["place-1", "among"], to: "row"),
        Node(Expand(to: [1, 20, 4]), ["row"], to: "row-4"),
        Node(IndexedPicking(.elements(axis: 1)), ["boxes", "row-4"], to: "box-of"),
        Node(Concatenation(axis: 2), ["box-of", "score-1", "class-of"], to: "ranked"),
      ], outputs: ["ranked"])
    graph.constants["3"] = NDArray([3], shape: [])
    return graph
  }

  /// Scores with a softmax whose first column is the background, and boxes decoded by constants: SSD.
  static var separate: Graph {
    graph(
      joined("box", 4) + joined("class", 3) + [
        Node(Transpose(permutation: [0, 2, 1]), ["class"], to: "scores-raw"),
        Node(Softmax(axis: 2), ["scores-raw"], to: "scores"),
        Node(Transpose(permutation: [0, 2, 1]), ["box"], to: "deltas"), Node(.add, "deltas", "cells", to: "boxes"),
      ], outputs: ["scores", "boxes"])
  }

  /// Maps of scores and boxes of one grid that are no detector's: a segmentation with an auxiliary output.
  static var segmentation: Graph {
    graph(
      [
        Node(convolution(1, stride: 1), ["fine", "class1"], to: "y"),
        Node(convolution(1, stride: 1), ["coarse", "class2"], to: "auxiliary"),
      ], outputs: ["y", "auxiliary"])
  }

  /// `eight` with further rows, those of `extra`, which `nodes` make.
  private static func eight(and extra: String, by nodes: [Node], outputs: [String] = ["y"]) -> Graph {
    var graph = eight
    graph.nodes.removeLast()
    graph.nodes += nodes + [Node(Concatenation(axis: 1), ["pixels", "p", extra], to: "y")]
    graph.outputs = outputs
    return graph
  }

  /// `[1, 4 + 3 + 5, 80]` and prototypes of masks `[1, 5, 8, 8]`: YOLOv8 for instances, its boxes about as large as half the
  /// image.
  static var instances: Graph {
    var graph = eight(
      and: "mask", by: joined("mask", 5) + [Node(convolution(1, stride: 1), ["fine", "prototype"], to: "prototypes")],
      outputs: ["y", "prototypes"])
    graph.nodes.removeLast()
    graph.nodes += [
      Node(.add, "pixels", "16", to: "large"), Node(Concatenation(axis: 1), ["large", "p", "mask"], to: "y"),
    ]
    graph.constants["16"] = NDArray([16], shape: [])
    return graph
  }

  /// `[1, 4 + 3 + 1, 80]`, the angle `(σ − ¼)π`, by which the middle is turned: YOLOv8 for oriented boxes.
  static var turned: Graph {
    var graph = eight(
      and: "theta",
      by: joined("angle", 1) + [
        Node(.sigmoid, "angle", to: "turn"), Node(ElementwiseFunction(.linear(.pi, -.pi / 4)), ["turn"], to: "theta"),
        Node(ElementwiseFunction(.sin), ["theta"], to: "sine"),
        Node(ElementwiseFunction(.cos), ["theta"], to: "cosine"),
        Node(.multiply, "sine", "cosine", to: "both"),
      ])
    // Something of the boxes depends on both.
    graph.nodes.removeLast()
    graph.nodes += [
      Node(.add, "pixels", "both", to: "moved"), Node(Concatenation(axis: 1), ["moved", "p", "theta"], to: "y"),
    ]
    return graph
  }

  /// `[1, 4 + 3 + 2·3, 80]`, two key points of three numbers, the third behind a sigmoid: YOLOv8 for poses.
  static var posed: Graph {
    func part(_ range: Range<Int>) -> Slice {
      Slice(starts: [0, 0, range.lowerBound, 0], ends: [1, 2, range.upperBound, rows], steps: [1, 1, 1, 1])
    }
    return eight(
      and: "points",
      by: joined("point", 6) + [
        Node(Reshape(to: [1, 2, 3, rows]), ["point"], to: "each"), Node(part(0..<2), ["each"], to: "places"),
        Node(.multiply, "places", "8", to: "at"), Node(part(2..<3), ["each"], to: "seen"),
        Node(.sigmoid, "seen", to: "sure"), Node(Concatenation(axis: 2), ["at", "sure"], to: "all-points"),
        Node(Reshape(to: [1, 6, rows]), ["all-points"], to: "points"),
      ])
  }

  /// The best twenty rows of one of these, in order, as end-to-end exports put them out: `[1, 20, 6 + …]`.
  static func ranked(_ graph: Graph) throws -> Graph {
    let width = try Plan(graph, rewriting: false).shape(of: "y")?[1] ?? 0
    var all = ranked
    all.constants.merge(graph.constants) { own, _ in own }
    let own = eight.nodes.count
    var nodes = graph.nodes
    nodes += all.nodes.dropFirst(own).dropLast()
    nodes += [
      Node(
        Slice(starts: [0, 0, 7], ends: [1, rows, width], steps: [1, 1, 1]), ["rows"], to: "extra"),
      Node(Expand(to: [1, 20, width - 7]), ["row"], to: "row-extra"),
      Node(IndexedPicking(.elements(axis: 1)), ["extra", "row-extra"], to: "extra-of"),
      Node(Concatenation(axis: 2), ["box-of", "score-1", "class-of", "extra-of"], to: "ranked"),
    ]
    all.nodes = nodes
    all.outputs = ["ranked"] + graph.outputs.dropFirst()
    return all
  }

  /// The rows of `ranked` in outputs of their own: classes and scores `[1, 20]`, boxes `[1, 20, 4]`.
  static var rankedApart: Graph {
    var graph = ranked
    graph.nodes += [
      Node(Reshape(to: [1, 20]), ["class-of"], to: "labels"),
      Node(Reshape(to: [1, 20]), ["score-1"], to: "confidence"),
    ]
    graph.outputs = ["labels", "box-of", "confidence"]
    return graph
  }
}
