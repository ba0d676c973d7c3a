#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the numbers of a detector's row say where its box is.
public struct BoxCoding: Hashable, Sendable {
  /// What the numbers are.
  public enum Form: String, Hashable, Sendable, Codable, CaseIterable {
    /// Left, top, right, bottom.
    case corners
    /// Top, left, bottom, right, as TensorFlow writes boxes.
    case yxyx
    /// The middle, the width and the height.
    case center
    /// As in YOLOX before it is decoded: where the middle lies from the upper left corner of the row's cell, and the
    /// logarithms of width and height, in units of the cell.
    case offsets
    /// As in CenterNet: width and height, and, where there are four numbers, where the middle lies from the upper left
    /// corner of the row's cell; in units of the cell.
    case sizes
    /// As in CenterFace: the logarithms of height and width, then how far down and right of its cell's middle the box's
    /// lies; in units of the cell.
    case faceSizes
    /// How far the four edges lie from the middle of the row's cell, in units of the cell: left, top, right, bottom.
    case distances
    /// Nothing that can be read without anchors, which the file does not hold: the row's cell stands for its box.
    case cell
  }

  /// What the numbers are.
  public var form: Form
  /// What a number is multiplied by to be pixels of the input, across and down.
  public var horizontal: Float, vertical: Float

  /// Numbers of a form, in pixels unless they are scaled.
  public init(_ form: Form, horizontal: Float = 1, vertical: Float = 1) {
    (self.form, self.horizontal, self.vertical) = (form, horizontal, vertical)
  }

  /// The part of the image that a row is about, in pixels of the input.
  public struct Cell: Hashable, Sendable {
    /// The upper left corner.
    public var left: Float, top: Float
    /// How wide and high it is.
    public var stride: Float

    /// A square of the image.
    public init(left: Float, top: Float, stride: Float) {
      (self.left, self.top, self.stride) = (left, top, stride)
    }
  }
}

extension BoxCoding {
  /// How many numbers a row has, at least.
  var count: Int { form == .cell ? 0 : form == .sizes ? 2 : 4 }

  /// The box that a row's numbers stand for, and the derivative of each edge by each of them.
  ///
  /// - Parameters:
  ///   - numbers: as many as ``count`` says, or more.
  ///   - cell: the row's cell, which some forms go by.
  /// - Returns: The edges, left, top, right, bottom, each with a derivative for each number.
  func edges(of numbers: [Float], in cell: Cell) -> [(value: Float, slope: [Float])] {
    let (a, b, stride) = (horizontal, vertical, cell.stride)
    func number(_ index: Int) -> Float { numbers.indices.contains(index) ? numbers[index] : 0 }
    /// The edges around a middle, of which each edge's derivatives are those of the middle less or plus half the extent's.
    func around(
      _ x: (Float, [Float]), _ y: (Float, [Float]), _ width: (Float, [Float]), _ height: (Float, [Float])
    ) -> [(value: Float, slope: [Float])] {
      func edge(_ m: (Float, [Float]), _ e: (Float, [Float]), _ side: Float) -> (value: Float, slope: [Float]) {
        (m.0 + side * e.0 / 2, zip(m.1, e.1).map { $0 + side * $1 / 2 })
      }
      return [edge(x, width, -1), edge(y, height, -1), edge(x, width, 1), edge(y, height, 1)]
    }
    switch form {
    case .corners:
      return [
        (a * number(0), [a, 0, 0, 0]), (b * number(1), [0, b, 0, 0]), (a * number(2), [0, 0, a, 0]),
        (b * number(3), [0, 0, 0, b]),
      ]
    case .yxyx:
      return [
        (a * number(1), [0, a, 0, 0]), (b * number(0), [b, 0, 0, 0]), (a * number(3), [0, 0, 0, a]),
        (b * number(2), [0, 0, b, 0]),
      ]
    case .center:
      return around(
        (a * number(0), [a, 0, 0, 0]), (b * number(1), [0, b, 0, 0]), (a * number(2), [0, 0, a, 0]),
        (b * number(3), [0, 0, 0, b]))
    case .offsets:
      let (w, h) = (stride * exp(number(2)), stride * exp(number(3)))
      return around(
        (cell.left + stride * number(0), [stride, 0, 0, 0]), (cell.top + stride * number(1), [0, stride, 0, 0]),
        (w, [0, 0, w, 0]), (h, [0, 0, 0, h]))
    case .sizes:
      let isExact = numbers.count >= 4
      return around(
        (cell.left + stride * (isExact ? number(2) : 0.5), [0, 0, isExact ? stride : 0, 0]),
        (cell.top + stride * (isExact ? number(3) : 0.5), [0, 0, 0, isExact ? stride : 0]),
        (stride * number(0), [stride, 0, 0, 0]), (stride * number(1), [0, stride, 0, 0]))
    case .faceSizes:
      let (h, w) = (stride * exp(number(0)), stride * exp(number(1)))
      return around(
        (cell.left + stride * (number(3) + 0.5), [0, 0, 0, stride]),
        (cell.top + stride * (number(2) + 0.5), [0, 0, stride, 0]), (w, [0, w, 0, 0]), (h, [h, 0, 0, 0]))
    case .distances:
      let (x, y) = (cell.left + stride / 2, cell.top + stride / 2)
      return [
        (x - stride * number(0), [-stride, 0, 0, 0]), (y - stride * number(1), [0, -stride, 0, 0]),
        (x + stride * number(2), [0, 0, stride, 0]), (y + stride * number(3), [0, 0, 0, stride]),
      ]
    case .cell:
      let none = [Float](repeating: 0, count: 4)
      return [(cell.left, none), (cell.top, none), (cell.left + stride, none), (cell.top + stride, none)]
    }
  }
}
