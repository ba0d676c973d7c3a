import GraphEngine
import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a program calculates with the sizes of its images, all of which are known here.
extension OperatorTable {
  static let sizes: [String: Lower] = [
    "sym_size": { (call, _) throws(TorchExportError) in
      let x = try call.tensor()
      return [.integer(x.shape[try call.axis(of: x)])]
    },
    "sym_numel": { (call, _) throws(TorchExportError) in [.integer(try call.tensor().shape.reduce(1, *))] },
    "sym_stride": { (call, _) throws(TorchExportError) in
      let x = try call.tensor()
      return [.integer(rowMajorStrides(of: x.shape)[try call.axis(of: x)])]
    },
    "_local_scalar_dense": number, "item": number,
    "_operator.add": two { $0 + $1 }, "_operator.sub": two { $0 - $1 }, "_operator.mul": two { $0 * $1 },
    "_operator.floordiv": two { ($0 / $1).rounded(.down) }, "_operator.truediv": two { $0 / $1 },
    "_operator.mod": two { $0 - $1 * ($0 / $1).rounded(.down) }, "_operator.pow": two { pow($0, $1) },
    "_operator.neg": two { (a, _) in -a }, "math.ceil": two { (a, _) in a.rounded(.up) },
    "math.floor": two { (a, _) in a.rounded(.down) }, "math.trunc": two { (a, _) in a.rounded(.towardZero) },
    "_operator.eq": two { $0 == $1 ? 1 : 0 }, "_operator.ne": two { $0 != $1 ? 1 : 0 },
    "_operator.lt": two { $0 < $1 ? 1 : 0 }, "_operator.le": two { $0 <= $1 ? 1 : 0 },
    "_operator.gt": two { $0 > $1 ? 1 : 0 }, "_operator.ge": two { $0 >= $1 ? 1 : 0 },
    "_operator.and_": two { $0 != 0 && $1 != 0 ? 1 : 0 }, "_operator.or_": two { $0 != 0 || $1 != 0 ? 1 : 0 },
    "torch.sym_max": two { max($0, $1) }, "torch.sym_min": two { min($0, $1) },
    "torch.sym_float": two { (a, _) in a }, "torch.sym_int": two { (a, _) in a.rounded(.towardZero) },
    "torch.sym_not": two { (a, _) in a == 0 ? 1 : 0 }, "torch.sym_sqrt": two { (a, _) in a.squareRoot() },
    "_assert_tensor_metadata": nothing, "_assert_async": nothing, "_assert_scalar": nothing,
    "sym_constrain_range": nothing, "sym_constrain_range_for_size": nothing, "_assert": nothing,
  ]

  private static let nothing: Lower = { (_, _) throws(TorchExportError) in [] }

  private static let number: Lower = { (call, _) throws(TorchExportError) in
    let x = try call.tensor()
    guard x.shape.reduce(1, *) == 1, let value = x.array?.scalars.first else {
      throw call.unsupported("it makes a number of what depends on the image")
    }
    return [x.kind == .real ? .real(Double(value)) : .integer(Int(value))]
  }

  /// Arithmetic with one or two numbers; whole ones stay whole.
  private static func two(_ function: @escaping @Sendable (Double, Double) -> Double) -> Lower {
    { (call, _) throws(TorchExportError) in
      let numbers = call.ordered.compactMap(\.number)
      guard numbers.count == call.ordered.count, (1...2).contains(numbers.count) else {
        throw call.unsupported("it calculates with what is not known before the network runs")
      }
      let result = function(numbers[0], numbers.count > 1 ? numbers[1] : 0)
      guard result.isFinite else { throw call.malformed("it gives no number") }
      let isWhole = result == result.rounded() && abs(result) < 1e15 && !call.node.target.hasSuffix("truediv")
      return [isWhole ? .integer(Int(result)) : .real(result)]
    }
  }
}
