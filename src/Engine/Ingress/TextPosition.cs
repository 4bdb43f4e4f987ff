namespace Engine.Ingress;

/// <summary>A place in a configuration file, counted from 1; zero when there is none.</summary>
/// <param name="Line">The line.</param>
/// <param name="Column">The column.</param>
public readonly record struct TextPosition(int Line, int Column);
