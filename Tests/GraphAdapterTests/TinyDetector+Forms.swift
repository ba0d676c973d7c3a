import GraphEngine
import Kernels

/// The rows of `eight` as other exporters write them.
extension TinyDetector {
  private static func eight(_ nodes: [Node], _ outputs: [String]) -> Graph {
    var graph = eight
    graph.nodes += nodes
    graph.outputs = outputs
    return graph
  }

  private static func joining(_ scores: String) -> Node {
    Node(Concatenation(axis: 1), ["pixels", scores], to: "rows-of-all")
  }

  /// Classes without sigmoids.
  static var logits: Graph { eight([joining("class")], ["rows-of-all"]) }

  /// Classes that share a softmax.
  static var softmax: Graph {
    eight([Node(Softmax(axis: 1), ["class"], to: "shares"), joining("shares")], ["rows-of-all"])
  }

  /// Classes behind a function that is not known to end scores.
  static var unknown: Graph { eight([Node(.relu, "class", to: "positive"), joining("positive")], ["rows-of-all"]) }

  private static var factors: [Node] {
    joined("angle", 1) + [Node(.sigmoid, "angle", to: "there"), Node(.multiply, "p", "there", to: "both")]
  }

  /// Classes times an objectness.
  static var products: Graph { eight(factors + [joining("both")], ["rows-of-all"]) }

  /// The same in an output of their own, `[1, 80, 3]`, beside boxes `[1, 80, 1, 4]`, as YOLOv4 puts them out.
  static var four: Graph {
    eight(
      factors + [
        Node(Transpose(permutation: [0, 2, 1]), ["both"], to: "confs"),
        Node(Transpose(permutation: [0, 2, 1]), ["pixels"], to: "box-list"),
        Node(Reshape(to: [1, rows, 1, 4]), ["box-list"], to: "boxes"),
      ], ["boxes", "confs"])
  }

  /// The rows of each scale in an output of their own.
  static var halves: Graph {
    func part(_ range: Range<Int>) -> Slice {
      Slice(starts: [0, 0, range.lowerBound], ends: [1, 7, range.upperBound], steps: [1, 1, 1])
    }
    return eight([Node(part(0..<64), ["y"], to: "y1"), Node(part(64..<rows), ["y"], to: "y2")], ["y1", "y2"])
  }

  /// The same rows twice, as of a head for training beside that which answers.
  static var twice: Graph {
    eight([Node(Concatenation(axis: 1), ["pixels", "p"], to: "again")], ["y", "again"])
  }

  /// Boxes `[1, 4, 80]` and scores `[1, 3, 80]`.
  static var columns: Graph { eight([], ["pixels", "p"]) }

  /// The same without an axis for the images, `[4, 80]` and `[3, 80]`.
  static var bare: Graph {
    eight(
      [
        Node(Reshape(to: [4, rows]), ["pixels"], to: "bare-boxes"),
        Node(Reshape(to: [3, rows]), ["p"], to: "bare-scores"),
      ], ["bare-boxes", "bare-scores"])
  }

  /// `rankedApart` by the names of TensorFlow's detection API.
  static var named: Graph {
    var graph = rankedApart
    graph.nodes += [
      Node(Identity(), ["labels"], to: "detection_classes"), Node(Identity(), ["box-of"], to: "detection_boxes"),
      Node(Identity(), ["confidence"], to: "detection_scores"),
    ]
    graph.outputs = ["detection_boxes", "detection_classes", "detection_scores"]
    return graph
  }

  /// Values among which are boxes and scores, and what is made of them.
  static var parts: Graph {
    eight(
      [
        Node(Reduction(.max, axes: [1], keepsDimensions: false), ["p"], to: "best"),
        Node(Slice(starts: [0, 0, 0], ends: [1, 1, rows], steps: [1, 1, 1]), ["pixels"], to: "across"),
        Node(Reshape(to: [1, rows]), ["across"], to: "edges"),
      ], ["best", "edges", "y", "class", "p", "box", "pixels"])
  }
}
